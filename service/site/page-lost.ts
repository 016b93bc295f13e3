import { utf8ToBytes } from '@noble/hashes/utils.js';
import { html, markup, ownMarkup } from './html.ts';
import { reasonPhrase } from './http-response.ts';

/*
 * For whoever has come to a path where nothing is, or with a query that no path takes. Scanners come that way too, so it is small,
 * and made once; nothing of the request is in it.
 */

export const lostStyle =
  ':root{color-scheme:light dark}body{background:light-dark(#fffaf1,#17121c);color:light-dark(#2a2130,#f3eaf0);font:1.0625rem/1.65 Charter,Cambria,"DejaVu Serif",serif;max-width:34rem;margin:15vh auto;padding:0 1.25rem}a{color:light-dark(#c2135f,#ff8fbb)}';

const words = {
  400: 'The question mark and what follows it are nothing that this page takes.',
  404: 'Nothing hangs at this address, or nothing any more.',
} as const;

const made = (status: keyof typeof words): Uint8Array =>
  utf8ToBytes(
    markup(html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${status} ${reasonPhrase(status)} – Bitcoin Piñata</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<style>${ownMarkup(lostStyle)}</style>
<main>
<h1>${status} ${reasonPhrase(status)}</h1>
<p>${words[status]}</p>
<p>What is here: <a href="/">the Bitcoin Piñata</a>, with its rules, its numbers and the address of its wallet; the newest <a href="/attempts">attempts</a>; and <a href="/#contact">all that programs may read</a>.</p>
</main>
`),
  );

export const lostPages: Readonly<Record<keyof typeof words, Uint8Array>> = { 400: made(400), 404: made(404) };
