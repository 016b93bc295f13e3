/** `:8080`, or nothing where it is what a browser takes by itself. */
export const usualPort = (port: number, usual: number): string => (port === usual ? '' : `:${port}`);
