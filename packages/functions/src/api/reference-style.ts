/** The style sheet of the documentation page; its digest is in the page's policy. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fbfbf9, #14161a);
  --raised: light-dark(#ffffff, #1c1f25);
  --ink: light-dark(#1b1e24, #e6e7ea);
  --quiet: light-dark(#5c626d, #9aa1ad);
  --line: light-dark(#e2e2dc, #2d323b);
  --link: light-dark(#0b5cad, #7db8f5);
  --read: light-dark(#0f6b45, #6fd3a4);
  --write: light-dark(#8a4b00, #f0b35f);
  --drop: light-dark(#a3282c, #f39a9d);
}
* { box-sizing: border-box }
html { scroll-behavior: smooth; scroll-padding-top: 1rem }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
body { margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 1fr); background: var(--ground); color: var(--ink);
  font: 15px/1.55 system-ui, sans-serif }
a { color: var(--link) }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.5rem 1.25rem; border-right: 1px solid var(--line) }
nav .name { font-weight: 650; color: inherit; text-decoration: none }
nav h2 { margin: 1.25rem 0 .25rem; font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; color: var(--quiet) }
nav ul { list-style: none; margin: 0; padding: 0 }
nav li a { display: block; padding: .15rem 0; text-decoration: none; font-size: .87rem; overflow-wrap: anywhere }
main { padding: 2rem clamp(1rem, 4vw, 3.5rem); max-width: 62rem }
h1 { margin: 0; font-size: 1.8rem; line-height: 1.2 }
.lead { font-size: 1.1rem; color: var(--quiet) }
main > h2 { margin: 3rem 0 0; font-size: 1.3rem }
article { margin: 1.25rem 0; padding: 1.1rem 1.35rem; background: var(--raised); border: 1px solid var(--line); border-radius: 8px }
h3 { margin: 0; font-size: 1.05rem }
h4 { margin: 1.1rem 0 .3rem; font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; color: var(--quiet) }
code { font: .88em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere }
.route { margin: .35rem 0 .6rem }
.route span { display: inline-block; min-width: 4.2em; font: 700 .8em ui-monospace, monospace; color: var(--write) }
.route .get { color: var(--read) }
.route .delete { color: var(--drop) }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { padding: .35rem .8rem .35rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400 }
th b { font-weight: 400; font-size: .8em; color: var(--write) }
tr:first-child > * { border-top: 0 }
.limits { color: var(--quiet) }
dl { display: grid; grid-template-columns: 3rem minmax(0, 1fr); gap: .4rem 0; margin: 0; font-size: .92rem }
dt { font: 600 .9em/1.7 ui-monospace, monospace; color: var(--quiet) }
dt.s2 { color: var(--read) }
dt.s5 { color: var(--drop) }
dd { margin: 0 }
.content { font-size: .92em; color: var(--quiet) }
pre { margin: 1rem 0 0; padding: .75rem 1rem; overflow-x: auto; background: var(--ground); border: 1px solid var(--line); border-radius: 6px }
@media (max-width: 56rem) {
  body { grid-template-columns: minmax(0, 1fr) }
  nav { position: static; height: 40vh; border-right: 0; border-bottom: 1px solid var(--line) }
}
`
