/** postject brings no types. Of its one function, what is used here. */
declare module 'postject' {
  /** Writes `resource` into the executable file at `path`, under a name of its own. */
  export function inject(
    path: string,
    name: string,
    resource: Uint8Array,
    options: { readonly sentinelFuse: string },
  ): Promise<void>;
}
