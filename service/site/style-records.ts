/*
 * What the pages of the past need beside the first page's stylesheet: the head with its navigation, diagrams, curves and
 * lists. A sheet of its own, so that the first page does not carry it.
 */

const masthead = `
.masthead{display:flex;flex-wrap:wrap;align-items:baseline;gap:.5rem 2rem;padding-top:1.1rem;padding-bottom:.9rem}
.masthead .home{font:800 1.25rem/1.2 Seravek,"Gill Sans Nova",Ubuntu,Calibri,"Segoe UI","DejaVu Sans",source-sans-pro,sans-serif;letter-spacing:-.02em;text-decoration:none}
.masthead nav ul{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;position:static;columns:auto;padding:0;max-width:none}
.masthead nav a{padding:.35rem 0}
.masthead [aria-current],.filters [aria-current]{color:var(--ink);font-weight:700;text-decoration:underline;text-decoration-color:var(--pink);text-decoration-thickness:.16em;text-underline-offset:.3em}
.record{padding-top:1.5rem;padding-bottom:2.5rem}
.record h1{font-size:clamp(2rem,1.5rem + 2.4vw,3rem);line-height:1.05}
.record h2{font-size:1.45rem;margin:2.6rem 0 .8rem}
.record .lead{font-size:1.2rem;line-height:1.5;max-width:44em;overflow-wrap:anywhere}
.filters{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.2rem;padding:0;max-width:none;font-family:Seravek,Ubuntu,Calibri,"Segoe UI","DejaVu Sans",sans-serif;font-size:.95rem}
.filters a{display:inline-block;padding:.2rem 0}
.facts dd{overflow-wrap:anywhere}
q{overflow-wrap:anywhere}
.then th code,.attempts td code{white-space:nowrap}
.prose{white-space:pre-line}
`;

const sequence = `
.lanes{display:flex;justify-content:space-between;font:600 .9rem/1.3 Seravek,Ubuntu,Calibri,"Segoe UI","DejaVu Sans",sans-serif;color:var(--soft)}
.sequence{list-style:none;margin:.4rem 0 1.25rem;padding:.75rem 0;max-width:none;border-left:3px solid var(--line);border-right:3px solid var(--line)}
.sequence>li{margin:0;padding:.3rem 0}
.sequence details{border:0;border-radius:0;background:none;margin:0}
.sequence summary,.sequence>li:not(:has(details)){display:grid;grid-template-columns:5.5rem minmax(0,1fr);gap:0 .75rem;padding:.3rem 1rem;font:400 .95rem/1.4 Seravek,Ubuntu,Calibri,"Segoe UI","DejaVu Sans",sans-serif}
.sequence summary{list-style:none}
.sequence summary::-webkit-details-marker{display:none}
.sequence summary .what::before{content:"▸ ";color:var(--pink)}
.sequence details[open] summary .what::before{content:"▾ "}
.sequence details[open]>summary{border-bottom:0}
.sequence details>div{margin:.4rem 1rem .6rem;padding:1rem 1rem .1rem;background:var(--card);border:1px solid var(--line);border-radius:10px}
.sequence .at{color:var(--soft);text-align:right;font-variant-numeric:tabular-nums;grid-row:1/span 3;white-space:nowrap}
.sequence .what{overflow-wrap:anywhere}
.sequence .notes{color:var(--soft);font-size:.875rem}
.arrow{display:block;position:relative;height:2px;margin:.45rem 0;background:var(--soft)}
.encrypted .arrow{background:var(--teal)}
.alert .arrow{background:var(--pink)}
.arrow::after{content:"";position:absolute;top:-4px;border:5px solid transparent}
.received .arrow::after{right:-2px;border-left-color:var(--soft);border-right-width:0;border-left-width:9px}
.sent .arrow::after{left:-2px;border-right-color:var(--soft);border-left-width:0;border-right-width:9px}
.received.encrypted .arrow::after{border-left-color:var(--teal)}
.sent.encrypted .arrow::after{border-right-color:var(--teal)}
.received.alert .arrow::after{border-left-color:var(--pink)}
.sent.alert .arrow::after{border-right-color:var(--pink)}
.remark .what,.remark .what strong{color:var(--soft);font-weight:400}
.verdict .what strong{color:var(--pink)}
.fields{font-size:.875rem}
.fields code{overflow-wrap:anywhere;background:none;padding:0}
.fields th{font-weight:500}
.fields td:nth-child(3){min-width:11rem;max-width:24rem}
.fields td:nth-child(4){min-width:14rem;width:45%;overflow-wrap:anywhere}
.fields td a{white-space:nowrap}
.d1{padding-left:.9rem}.d2{padding-left:1.8rem}.d3{padding-left:2.7rem}.d4{padding-left:3.6rem}.d5{padding-left:4.5rem}.d6{padding-left:5.4rem}
`;

const figures = `
.curve{max-width:46rem;margin:0 0 1.75rem}
.curve figcaption{margin:0 0 .6rem;color:var(--ink)}
.plot{position:relative;margin-top:1.4rem;border-left:1px solid var(--line);border-bottom:1px solid var(--line)}
.curve .plot svg{width:100%;max-width:none;height:13rem}
.plot .scale{position:absolute;inset:0;height:100%;overflow:visible;pointer-events:none}
.scale text{fill:var(--soft);font:400 12px Seravek,Ubuntu,"DejaVu Sans",sans-serif}
.plot path{fill:none;vector-effect:non-scaling-stroke;stroke-linejoin:round}
.grid{stroke:var(--line);stroke-width:1}
.curve-bounty{stroke:var(--bar);stroke-width:2.5}
.curve-website{stroke:var(--teal);stroke-width:2.5;stroke-dasharray:6 4}
.key::before{content:"";display:inline-block;width:1.6em;height:0;border-top:3px solid var(--bar);vertical-align:middle;margin-right:.4em}
.key.website::before{border-top:3px dashed var(--teal)}
.key{margin-right:1rem}
.range{display:flex;justify-content:space-between;max-width:none;margin:.3rem 0 0}
.book,.gallery,.incidents{list-style:none;padding:0;max-width:none}
.book li,.gallery li,.incidents li{border-top:1px solid var(--line);padding:.75rem 0;margin:0}
.book q{display:block;font-size:1.15rem;line-height:1.4}
.gallery h2,.incidents h2{font-size:1.1rem;letter-spacing:0;margin:0 0 .35rem;overflow-wrap:anywhere}
.gallery p,.incidents p{margin:0 0 .3rem}
.days code{font-size:.75rem}
.days td:last-child{min-width:16rem}
`;

const narrow = `
@media (max-width:44rem){
.sequence summary,.sequence>li:not(:has(details)){grid-template-columns:minmax(0,1fr);padding:.3rem .75rem}
.sequence .at{text-align:left;grid-row:auto;font-size:.8rem}
.sequence details>div{margin:.3rem .5rem .6rem;padding:.75rem .6rem .1rem}
.masthead nav ul{columns:auto}
.then td.number{display:inline-block;margin-right:1.1rem}
.fields,.fields tbody{display:block}.fields thead{position:absolute;left:-999rem}.fields tr{display:block;border-bottom:1px solid var(--line);padding:.4rem 0}.fields th,.fields td{display:block;border:0;padding-top:.1rem;padding-bottom:.1rem;padding-right:0}.fields th,.fields td.number{display:inline-block;margin-right:.8rem;text-align:left}.fields td.number::before{content:"at ";color:var(--soft)}.fields td:empty{display:none}
.fields td:nth-child(n){min-width:0;max-width:none;width:auto}
.curve .plot svg{height:10rem}.curve .plot .scale{height:100%}
.attempts th,.attempts td{display:inline-block;margin-right:1rem}.attempts td:nth-of-type(2)::before{content:"port ";color:var(--soft)}.attempts td:nth-of-type(3){display:block}.attempts code{font-size:.8125rem}.stack .number{text-align:left}}
`;

export const recordStyle = `${masthead}${sequence}${figures}${narrow}`.replace(/\n/g, '');
