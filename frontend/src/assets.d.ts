// What TypeScript is not told of the packages it imports.
declare module "htmx.org/dist/htmx.esm.min.js" {
  const htmx: object;
  export default htmx;
}
declare module "htmx.org/dist/ext/hx-sse.min.js";
declare module "*.css";
