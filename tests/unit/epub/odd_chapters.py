"""Chapters as nobody should write them, and some do: whole files by what is odd about them."""

from collections.abc import Mapping

_START = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>t</title></head>'
_MATHML = 'xmlns="http://www.w3.org/1998/Math/MathML"'
_SVG = 'xmlns="http://www.w3.org/2000/svg"'


def _body(inside: str, before: str = "") -> str:
    return f"{before}{_START}<body>{inside}</body></html>"


_TEXTS: Mapping[str, str] = {
    "template": _body("<p>a</p><template><p>inside</p></template><p>b</p>"),
    "broken template": _body("<template>in<b>side</template><p>b</p>"),
    "noscript": _body("<noscript><p>no script</p></noscript>after"),
    "textarea": _body("<textarea>\n a  b</textarea><iframe>in</iframe>c"),
    "nested bodies": _body("<p>a</p><body>b</body><p>c</p>"),
    "two bodies": f"{_START}<body><p>a</p></body><body><p>b</p></body></html>",
    "body within a division": f"{_START}<div>x<body><p>a</p></body></div></html>",
    "body after the root": f"{_START}</html><body class='x'>a</body>",
    "body in a drawing": f"<svg {_SVG}><text>a</text><foreignObject>"
    '<body xmlns="http://www.w3.org/1999/xhtml">b</body></foreignObject></svg>',
    "no body": f"{_START}<div>no <b>body</b></div><p>at all</p></html>",
    "no root": "<p>just</p> text &amp; <i>more</i>",
    "text alone": "nothing but text, 1 < 2",
    "frames": f"{_START}<frameset><frame/><noframes>words</noframes></frameset></html>",
    "comments": _body("<p>a<!-- - -->b<?pi x?>c<![CDATA[d < e]]>f</p>"),
    "white space of all kinds": _body(
        "<p> a\u00a0b\u3000c\u200bd\u00ade\t\nf </p> <table> <tr> <td> g </td> </tr> </table>"
    ),
    "preformatted": _body("<pre>\n\ta\n\tb\r\n  c<b>\td</b></pre>"),
    "ruby": _body("<p>x<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp>字<rt>ji</rt></ruby>y</p>"),
    "long text": _body(f"<p>{'word &amp; '.join(map(str, range(3000)))}</p>"),
    "long text without spaces": _body(f"<p>{'ab&#99;' * 3000}</p>"),
    "references": _body(
        "<p>a&nbsp;b&hellip;&unknown;&#150;&#x1F600;&#32;&AMP;&NotEqualTilde;x</p>",
        before="<!DOCTYPE html>",
    ),
    "numbers of another code page": _body("<p>it&#146;s &#x85; x</p>"),
    "entity of its own": _body("<p>a&own;b</p>", '<!DOCTYPE html [<!ENTITY own "words">]>'),
    "stray marks": _body("<p>AT&T 1 < 2 <3 </q> & &; <>x</p>"),
    "unclosed": f"{_START}<body><p>a<p>b<br>c<i>d<b>e</i>f</p>",
    "attributes": _body("<p class=a id='1' id='2' 3=4 a:b='c'>d</p>e"),
    "bracket in an attribute": _body("<p title='a > b'>c</p>d"),
    "fences": _body(f"a<math {_MATHML}><mfenced><mi>x</mi><mi>y</mi></mfenced></math>b"),
    "style in the body": _body(
        "<style>p { width: 50vw; -epub-hyphens: auto }</style><p style='width:5vw'>a</p>"
    ),
    "script in the body": _body("a<script>if (1 < 2) x();</script>b"),
    "upper case": "<HTML><HEAD><TITLE>t</TITLE></HEAD><BODY><P>A<BR>b</P></BODY></HTML>",
    "transformed": _body("a", before='<?xml-stylesheet type="text/xsl" href="#x"?>'),
    "controls": _body("a\x01b\x0cc\ufffed\u2028e\x85f&#1;g&#xD800;h"),
    "drawing": _body(
        f"a<svg {_SVG}><title>b</title><text>c<tspan>d</tspan></text>"
        "<foreignObject><p>e</p></foreignObject></svg>f"
    ),
    "prefixed": '<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head/>'
    "<h:body><h:p>a</h:p></h:body></h:html>",
    "no namespace": "<html><head/><body><p>a</p></body></html>",
    "pictures alone": _body('<p><img src="a.png" alt=""/></p><p><img src="b.png" alt=""/></p>'),
    "objects": _body(
        "<p>a<object data='data:image/gif;base64,R0lGODlhAQABAAAAACw='><b>b</b> c</object>d</p>"
        "<object data='gone.xyz'><p>e</p><object data='chapter0001.xhtml'>f<i>g</i></object>"
        "</object>h<embed src='chapter0001.xhtml'/>i<embed src='gone.swf'></embed>j"
    ),
    "frames within": _body(
        "<p>a<iframe src='chapter0001.xhtml'>b</iframe>c</p><iframe srcdoc='&lt;p>inside'/>d"
        "<iframe src='https://example.org/'>e</iframe><iframe/>f"
    ),
    "players": _body(
        "a<video src='x.mp4'>b<p>c</p><source src='y.mp4'/><track src='z.vtt'/>d</video>e"
        "<audio><source src='x.mp3'/>f</audio>g"
    ),
    "canvas and dialog": _body(
        "a<canvas>b</canvas><dialog>c<p>d</p></dialog><noembed>e</noembed><noscript>f</noscript>g"
    ),
    "switch": '<html xmlns="http://www.w3.org/1999/xhtml" '
    'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>t</title></head><body>a<epub:switch>'
    '<epub:case required-namespace="http://www.xml-cml.org/schema">b</epub:case>'
    f'<epub:case required-namespace="http://www.w3.org/1998/Math/MathML"><math {_MATHML}>'
    "<mi>c</mi></math></epub:case><epub:default><p>d</p></epub:default></epub:switch>e</body></html>",
    "nothing": "",
    "text behind the body": f"{_START}<body><p>a</p></body> b <p>c</p></html> d <i>e</i>",
    "text behind the root": _body("<p>a</p>") + "<p>b</p> c",
    "documents one after another": _body("<p>a</p>") + '<?xml version="1.0"?>'
    "<!DOCTYPE html>" + _body("<p>b</p>") + _body("c"),
    "a head behind the body": f"{_START}<body>a</body><head><title>u</title>"
    "<link rel='stylesheet' href='x.css'/><p>b</p></head><p>c</p></html>",
    "a head that is not closed": "<html><head><title>t</title><body><p>a</p></body></html>",
    "a head for a body": "<html><head><title>t</title><p>a</p> b</head></html>",
    "a body within its root's head": "<html><head><title>t</title><p>x</p><body>a</body></head>",
    "two declarations": _body("<p>a</p>", '<?xml version="1.0"?>\n<?xml version="1.0"?>'),
    "marks of byte order": _body("<p>a</p>", "\ufeff \ufeff<?xml version='1.0'?>\ufeff"),
    "version 1.1": _body("<p>a</p>", '<?xml version="1.1" encoding="utf-8"?>'),
    "declaration not at the start": _body("<p>a</p>", "\n \n<?xml version='1.0'?>"),
    "entities of its own": _body(
        "<p title='&q;'>a &own; &nbsp;&two; &mark; &none; &sys; <![CDATA[&own;]]></p>",
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "x.dtd" [<!-- <!ENTITY own "no"> -->\n'
        '<!ENTITY own "wo]rds"><!ENTITY own "second"><!ENTITY nbsp "&#160;">'
        "<!ENTITY q 'a \"quoted\" <b'><!ENTITY two \"&own; &amp; &#x26;#38; more\">"
        '<!ENTITY mark "<b>bold</b>"><!ENTITY sys SYSTEM "file:///etc/passwd"><!ENTITY % p "x">]>',
    ),
    "entities that multiply": _body(
        "<p>&e9; &e1; &self; &a;</p>",
        "<!DOCTYPE html [<!ENTITY e0 'lol'>"
        + "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
        + "<!ENTITY self '&self;'><!ENTITY a '&b;'><!ENTITY b '&a;'>]>",
    ),
    "attributes declared": _body(
        "<p>a</p>", "<!DOCTYPE html [<!ATTLIST p class CDATA 'x'><!ELEMENT p ANY> %bad; ]>"
    ),
    "another namespace": '<html xmlns="http://www.w3.org/TR/xhtml1"><head/><body><p>a</p></body></html>',
    "another namespace within": _body('<div xmlns="urn:x">a<p xmlns="">b</p></div>c'),
    "a body of another namespace": '<html xmlns="http://www.w3.org/1999/xhtml"><head/>'
    '<body xmlns="urn:x"><p>a</p></body></html>',
    "prefixes nobody declared": _body(
        "<p epub:type='x' a:b='1'>a</p><o:p>b</o:p><svg:svg><svg:text>c</svg:text></svg:svg>"
    ),
    "two prefixes for one name": _body("<p m:x='1' mml:x='2' xmlns:xml='urn:x'>a</p>"),
    "a drawing without a namespace": _body(
        "<svg><text>a</text><foreignObject><p>b</p></foreignObject></svg><math><mi>c</mi></math>"
    ),
    "a namespace without a name": _body("<p xmlns:='x' xmlns:a='' xmlns:xmlns='y'>a</p>"),
}  # fmt: skip

ODD_CHAPTERS: Mapping[str, bytes] = {
    **{name: text.encode() for name, text in _TEXTS.items()},
    "utf-16": _body("<p>naïve 𝄞</p>").encode("utf-16"),
    "windows-1252": b'<?xml version="1.0" encoding="windows-1252"?>'
    + _body("<p>\u201cnaïve\u201d €</p>").encode("cp1252"),
    "another encoding than declared": b'<?xml version="1.0" encoding="utf-8"?>'
    + _body("<p>caf\u00e9 \u00ff x</p>").encode("latin-1"),
    "cut short": _body("<p>one</p><p>two and three</p>").encode()[:-25],
    "zeros": b"\0" * 40,
}
