/** What Node is told before it runs the bounty (threats.md J1, J12): each closes something the program has no use for. */
export const hardeningFlags: readonly string[] = [
  '--disable-sigusr1', // no inspector on a signal
  '--disallow-code-generation-from-strings', // no eval, no new Function
  '--disable-proto=throw', // no __proto__ accessor to pollute a prototype with
  '--no-addons', // no native code beside Node's own
];

/**
 * The environment without Node's own variables: NODE_OPTIONS alone could open an inspector, preload a module
 * or write heap snapshots, and all of them would see the key.
 */
export function hardenedEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.toUpperCase().startsWith('NODE_')));
}
