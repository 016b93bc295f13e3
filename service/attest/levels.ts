/** From nothing to a chip whose maker anybody can check. L0, reproducible, is about the release and no machine. */
export const levels = ['none', 'L1', 'L2', 'L3', 'L4'] as const;
export type Level = (typeof levels)[number];

export const reaches = (level: Level, wanted: Level): boolean => levels.indexOf(level) >= levels.indexOf(wanted);
