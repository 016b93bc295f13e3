/*
 * The page's one stylesheet. It is inline and allowed by its hash alone; it names nothing to be fetched, fonts included: the
 * system's own are good. Widths follow the reader's type size, colours the reader's scheme.
 */

const palette = `
:root{color-scheme:light dark;
--paper:#fffaf1;--card:#fff;--ink:#2a2130;--soft:#66596b;--line:#ebdfd0;--pink:#c2135f;--teal:#08705f;--code:#f7efe2;--bar:#e5267b;--warn:#ffe9b0;--warn-ink:#553a00;--alarm:#b3063f;--shadow:0 1px 2px #2a21300f,0 8px 24px -12px #2a213026}
@media (prefers-color-scheme:dark){:root{
--paper:#17121c;--card:#201927;--ink:#f3eaf0;--soft:#b9a9ba;--line:#382c40;--pink:#ff8fbb;--teal:#66d9c2;--code:#120d16;--bar:#ff5c9f;--warn:#3e2f0a;--warn-ink:#ffdf8e;--alarm:#d81b5c;--shadow:none}}
`;

const type = `
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1.5rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.65 Charter,"Bitstream Charter","Sitka Text",Cambria,"DejaVu Serif",serif;font-synthesis:none;text-rendering:optimizeLegibility;overflow-wrap:break-word}
h1,h2,h3,nav,.door-name,.tile,table,summary,.banner,.button,footer,.eyebrow,figcaption,dt{font-family:Seravek,"Gill Sans Nova",Ubuntu,Calibri,"Segoe UI","DejaVu Sans",source-sans-pro,sans-serif}
code,pre,kbd,.mono{font-family:ui-monospace,"Cascadia Code","Source Code Pro",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
h1{font-size:clamp(2.75rem,1.6rem + 5vw,4.75rem);line-height:1;letter-spacing:-.03em;margin:0 0 1rem;font-weight:800;text-wrap:balance}
h2{font-size:clamp(1.6rem,1.3rem + 1.2vw,2.1rem);line-height:1.15;letter-spacing:-.015em;margin:0 0 1rem;font-weight:750;text-wrap:balance}
h3{font-size:1.1rem;line-height:1.3;margin:2rem 0 .5rem}
p,ul,ol,dl{margin:0 0 1rem;max-width:66ch}
li{margin:.3rem 0}
a{color:var(--pink);text-decoration-thickness:.08em;text-underline-offset:.18em}
a:hover{text-decoration-thickness:.14em}
:focus-visible{outline:3px solid var(--teal);outline-offset:3px;border-radius:3px}
strong{font-weight:700}
code{background:var(--code);border-radius:4px;padding:.1em .32em;overflow-wrap:anywhere}
pre{background:var(--code);border:1px solid var(--line);border-radius:10px;padding:.9rem 1.1rem;margin:0 0 1rem;line-height:1.55;white-space:pre-wrap;font-size:.8125rem;tab-size:2}
pre code{background:none;padding:0;font-size:inherit}
`;

const frame = `
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem;z-index:2}
.garland{display:block;height:64px;position:relative;z-index:1}
.banner{position:relative;z-index:1;background:var(--warn);color:var(--warn-ink);text-align:center;padding:.7rem 1.25rem;line-height:1.4}
.banner p{margin:0 auto;max-width:70rem;text-wrap:balance}
.banner.alarm{background:var(--alarm);color:#fff;font-size:1.2rem;font-weight:700}
.banner.alarm a{color:#fff}
.wrap{max-width:70rem;margin:0 auto;padding:0 1.25rem}
.hero{display:grid;grid-template-columns:minmax(0,1.35fr) minmax(0,1fr);gap:2rem;align-items:center;padding-top:1.75rem;padding-bottom:2.25rem}
.hero .lead{font-size:1.25rem;line-height:1.5;max-width:34em}
.eyebrow{color:var(--teal);font-weight:700;letter-spacing:.02em;margin:0 0 .75rem}
.burro{display:block;width:100%;max-width:24rem;height:auto;margin:-1.25rem auto 0;overflow:visible}
.swing{transform-origin:150px -60px;animation:swing 5.5s ease-in-out infinite alternate}
@keyframes swing{from{transform:rotate(-2.6deg)}to{transform:rotate(2.6deg)}}
@media (prefers-reduced-motion:reduce){.swing{animation:none}html{scroll-behavior:auto}}
.tiles{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));border:1px solid var(--line);border-radius:14px;background:var(--card);box-shadow:var(--shadow);margin:0 0 1rem;max-width:none;overflow:hidden}
.tile{padding:1.1rem 1.25rem;border-left:1px solid var(--line);display:flex;flex-direction:column;justify-content:space-between;gap:.25rem}
.tile:first-child{border-left:0}
.tile dt{color:var(--soft);font-size:.9rem;line-height:1.3}
.tile dd{margin:0;font-size:1.6rem;font-weight:750;letter-spacing:-.02em;line-height:1.15;font-variant-numeric:tabular-nums}
.body{display:grid;grid-template-columns:13rem minmax(0,1fr);gap:3.5rem;padding-top:1.5rem}
nav{font-size:.95rem;line-height:1.4}
nav ul{list-style:none;margin:0;padding:.25rem 0 0;position:sticky;top:1.5rem}
nav li{margin:0}
nav a{display:block;padding:.32rem 0;color:var(--soft);text-decoration:none}
nav a:hover{color:var(--pink);text-decoration:underline}
.elsewhere ul{position:static;display:flex;flex-wrap:wrap;gap:.1rem 1.4rem;max-width:none;columns:auto;border-top:1px solid var(--line);border-bottom:1px solid var(--line);padding:.5rem 0}
.elsewhere a{color:var(--pink)}
section{padding:0 0 3.25rem}
footer{border-top:1px solid var(--line);color:var(--soft);font-size:.925rem;padding:1.75rem 0 3rem}
footer p{margin:0 0 .4rem}
.soft{color:var(--soft)}
.small{font-size:.925rem}
`;

const parts = `
.wallet{display:grid;grid-template-columns:minmax(0,1.35fr) minmax(0,1fr);gap:0 2rem;border:1px solid var(--line);border-radius:14px;background:var(--card);box-shadow:var(--shadow);padding:1.25rem 1.4rem;margin:0 0 1rem}
.wallet h2{font-size:1.05rem;letter-spacing:0;margin:0 0 .4rem}
.wallet p:last-child{margin:0}
.chain>details{grid-column:1/-1;margin:1rem 0 0}
.address{font-size:1.05rem;margin:0 0 .9rem;max-width:none}
.address code{background:none;padding:0;font-weight:600;font-size:1em}
.button{display:inline-block;background:var(--pink);color:var(--paper);text-decoration:none;font-weight:700;border-radius:999px;padding:.42rem 1.15rem;margin:0 .6rem .5rem 0;line-height:1.4}
.button.plain{background:none;color:var(--pink);box-shadow:inset 0 0 0 2px}
.door{display:grid;grid-template-columns:6.75rem minmax(0,1fr);gap:1.25rem;border-top:1px solid var(--line);padding:1.4rem 0 .4rem}
.door-name{font-size:1.65rem;font-weight:800;letter-spacing:-.02em;line-height:1.1;margin:0;color:var(--pink);font-variant-numeric:tabular-nums}
.door-name span{display:block;color:var(--soft);font-size:.85rem;font-weight:400;letter-spacing:0;margin-top:.3rem;line-height:1.3}
.door h3{margin:0 0 .35rem}
.aside{border-left:4px solid var(--teal);padding:.1rem 0 .1rem 1.1rem;margin:0 0 1rem;max-width:66ch}
.aside p:last-child{margin:0}
figure{margin:0 0 1.25rem}
figure svg{display:block;width:100%;max-width:42rem;height:auto}
figcaption{color:var(--soft);font-size:.9rem;max-width:66ch;margin-top:.4rem}
.d-line{stroke:var(--soft);fill:none;stroke-width:2}
.d-box{fill:var(--card);stroke:var(--line);stroke-width:2}
.d-you{fill:none;stroke:var(--pink);stroke-width:2;stroke-dasharray:6 5}
.d-text{fill:var(--ink);font:600 15px Seravek,Ubuntu,Calibri,"Segoe UI","DejaVu Sans",sans-serif;text-anchor:middle}
.d-soft{fill:var(--soft);font-weight:400;font-size:13px}
.scroll{overflow-x:auto;margin:0 0 1.25rem}
table{border-collapse:collapse;width:100%;font-size:.95rem;line-height:1.45}
caption{text-align:left;color:var(--soft);padding:0 0 .6rem;max-width:66ch}
th,td{text-align:left;vertical-align:top;padding:.5rem .9rem .5rem 0;border-bottom:1px solid var(--line)}
th{font-weight:650}
tbody th .soft{font-weight:400}
.tight td{white-space:nowrap}
.tight code{font-size:.8125rem}
thead th{color:var(--soft);font-weight:400;font-size:.875rem;vertical-align:bottom}
td:last-child,th:last-child{padding-right:0}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.share{width:24%;min-width:6rem}
.share svg{display:block;width:100%;height:.7rem;margin-top:.4rem}
.track{fill:var(--line)}
.fill{fill:var(--bar)}
tfoot th,tfoot td{border-bottom:0;font-weight:700}
details{border:1px solid var(--line);border-radius:10px;background:var(--card);margin:0 0 .75rem}
summary{cursor:pointer;padding:.65rem 1rem;font-weight:650;line-height:1.35}
summary .soft{font-weight:400}
details[open]>summary{border-bottom:1px solid var(--line)}
details>div{padding:1rem 1rem .1rem}
.fingerprint{overflow-wrap:anywhere}
.facts{display:grid;align-items:baseline;grid-template-columns:max-content minmax(0,1fr);gap:.25rem 1.25rem;max-width:none}
.facts dt{color:var(--soft);font-size:.925rem}
.facts dd{margin:0}
`;

const narrow = `
@media (max-width:60rem){.body{grid-template-columns:minmax(0,1fr);gap:1.5rem}nav ul{position:static;columns:2;column-gap:1.5rem}.elsewhere ul{columns:auto}}
@media (max-width:44rem){body{font-size:1rem}
.hero{grid-template-columns:minmax(0,1fr);gap:0;padding-top:0;padding-bottom:1.5rem}
.hero>div:last-child{order:-1}.burro{max-width:15rem;margin:-.9rem auto .75rem}.wallet{grid-template-columns:minmax(0,1fr);row-gap:.75rem}
.hero .lead{font-size:1.125rem}
.tiles{grid-template-columns:repeat(2,minmax(0,1fr))}
.tile{padding:.85rem 1rem}.tile:nth-child(odd){border-left:0}.tile:nth-child(n+3){border-top:1px solid var(--line)}.tile dd{font-size:1.35rem}
.door{grid-template-columns:minmax(0,1fr);gap:.5rem}.door-name span{display:inline;margin:0 0 0 .6rem}
.stack thead{position:absolute;left:-999rem}.stack tr{display:block;border-bottom:1px solid var(--line);padding:.7rem 0}.stack th,.stack td{display:block;border:0;padding:.1rem 0}
.stack td[data-label]::before{content:attr(data-label) ": ";color:var(--soft)}
.facts{grid-template-columns:minmax(0,1fr);gap:0}.facts dd{margin:0 0 .6rem}
.share{display:none}th,td{padding-right:.6rem}tbody th code{font-size:.75rem}
section{padding-bottom:2.5rem}}
@media print{nav,.garland,.burro{display:none}.body{display:block}body{font-size:10pt}}
`;

export const style = `${palette}${type}${frame}${parts}${narrow}`.replace(/\n/g, '');
