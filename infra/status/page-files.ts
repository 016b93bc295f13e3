/** What came of comparing the files of a live page with those of a release. */
export type PageFiles =
  | { readonly state: 'match'; readonly release: string; readonly count: number }
  | { readonly state: 'differ'; readonly release: string; readonly differences: readonly string[] }
  | { readonly state: 'unchecked'; readonly reason: string };
