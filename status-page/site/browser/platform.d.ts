declare module '*.css';

/** The address of a script for a worker, which Vite builds by itself. */
declare module '*?worker&url' {
  const address: string;
  // biome-ignore lint/style/noDefaultExport: the form is Vite's
  export default address;
}

/** Of Trusted Types, as far as it is used here. What a policy gives is no string to the browser, and is handed on as it is. */
interface Window {
  readonly trustedTypes?: {
    createPolicy(
      name: string,
      rules: { createScriptURL(address: string): string },
    ): { createScriptURL(address: string): string };
  };
}
