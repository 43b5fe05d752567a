"""Operations: what people and other systems may do and see, whichever face they come by."""
