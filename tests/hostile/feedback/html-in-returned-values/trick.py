"""Values that are HTML: scripts, images that call home, ends of tags and of attributes, entities."""

HTML = (
    "</td></table></pre></script><script>document.title='100'</script>"
    "<img src=http://192.0.2.1/x onerror=alert(1)><svg/onload=alert(2)>"
    '"><iframe srcdoc=\'<b>passed</b>\'> &lt;b&gt; {{7*7}} ${7*7} <!--#exec cmd="id"--> ]]> <![CDATA['
)


def on_call(name, value, *args):
    return {"words": {HTML: HTML}, "apply": [HTML]}.get(name, HTML)


def on_run(argv):
    print(HTML)
