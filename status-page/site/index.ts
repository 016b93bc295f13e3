/** The public face of the page: documents in, static objects out. */
export { type Answer, answerNames, answerOf, depositWindow, staleAfter } from './answer.ts';
export { assetHashes } from './asset-hashes.ts';
export { assetType, briefly, forever, type SiteAssets, type SiteObject } from './assets.ts';
export { responseHeaders } from './policy.ts';
export { renderSite } from './render.ts';
