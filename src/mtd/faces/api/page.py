"""The API's description as one page for people."""

from typing import Any, cast

from jinja2 import Environment, select_autoescape

_PAGE = Environment(autoescape=select_autoescape(default=True)).from_string("""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{ info.title }} {{ info.version }}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
  code, pre { font: 14px/1.5 ui-monospace, monospace }
  h2 { margin-top: 2rem; text-transform: capitalize }
  details { border-top: 1px solid #ccc; padding: .5rem 0 }
  summary { cursor: pointer }
  .method { display: inline-block; width: 4rem; font-weight: 600 }
  table { border-collapse: collapse } td { padding: .1rem 1rem .1rem 0; vertical-align: top }
</style>
<h1>{{ info.title }} {{ info.version }}</h1>
<p>Every call but <code>/health</code> shows an API key:
<code>Authorization: Bearer …</code>. For machines: <a href="/openapi.json">openapi.json</a>.</p>
{% for tag, operations in tags.items() %}
<h2>{{ tag }}</h2>
{% for path, method, operation in operations %}
<details>
  <summary><code class="method">{{ method.upper() }}</code> <code>{{ path }}</code>
  — {{ operation.summary }}</summary>
  <p>{{ operation.description or "" }}</p>
  {% if operation.parameters %}<table>
  {% for one in operation.parameters %}
    <tr><td><code>{{ one.name }}</code></td><td>{{ one["in"] }}</td>
    <td>{{ "required" if one.required else "" }}</td></tr>
  {% endfor %}</table>{% endif %}
  <p>Answers: {{ operation.responses.keys() | join(", ") }}</p>
</details>
{% endfor %}{% endfor %}
</html>
""")


def page(schema: dict[str, Any]) -> str:
    """The OpenAPI document `schema` as HTML."""
    tags: dict[str, list[tuple[str, str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and "responses" in operation:
                operation = cast("dict[str, Any]", operation)
                tag = str((operation.get("tags") or ["other"])[0])
                tags.setdefault(tag, []).append((path, method, operation))
    return _PAGE.render(info=schema["info"], tags=tags)
