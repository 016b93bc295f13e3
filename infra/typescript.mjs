// Preloaded where this is the package that npm installed (`node --import`): Node takes the types off a program's own files, and
// refuses to below a node_modules. These are ours, and the same files; a dependency's are left to Node.
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';

const home = new URL('..', import.meta.url).href;

const isOurs = (url) =>
  url.startsWith(home) && url.endsWith('.ts') && !url.slice(home.length).includes('node_modules/');

registerHooks({
  load: (url, context, nextLoad) =>
    isOurs(url)
      ? { format: 'module', source: stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8')), shortCircuit: true }
      : nextLoad(url, context),
});
