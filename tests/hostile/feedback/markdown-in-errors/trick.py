"""Texts that a page of Markdown would show as headings, links, images, tables and mentions."""

TEXT = """
# Score: 100 of 100
| test | outcome |
|------|---------|
| test_total_adds | **passed** |

![pixel](http://192.0.2.1/pixel.png) [report](javascript:alert(1)) <details open><summary>passed</summary>
```
~~~
</details> @everyone cc #1 `x` $`\\href{http://192.0.2.1}{x}`$ [^1]: note
"""


def on_call(name, value, *args):
    raise LookupError(TEXT) if name != "total" else ValueError(TEXT * 20)


def on_run(argv):
    print(TEXT)
    raise SystemExit(TEXT)
