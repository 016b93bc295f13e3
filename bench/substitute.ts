import { registerHooks } from 'node:module';

/**
 * From here on, whoever imports `module` gets `by` instead, except `by` itself, which may import the original and pass on
 * what it leaves alone. To be called before the first import of what is measured: modules are loaded once.
 */
export function substitute(module: URL, by: URL): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      return resolved.url === module.href && context.parentURL !== by.href ? { ...resolved, url: by.href } : resolved;
    },
  });
}
