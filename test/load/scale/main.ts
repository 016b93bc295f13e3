import { writeFileSync } from 'node:fs';
import { writeBetweenMarkers } from '../../../bench/between-markers.ts';
import { measured } from './figures.ts';
import { scalePlot, scaleTables } from './tables.ts';

/*
 * `node test/load/scale/main.ts`: writes the tables and the plot of docs/scale.md anew, of the results that are in the repository.
 * It measures nothing.
 */

const figures = measured();
writeBetweenMarkers(new URL('../../../docs/scale.md', import.meta.url), 'scale', scaleTables(figures));
writeFileSync(new URL('../../../docs/load/scale.svg', import.meta.url), scalePlot(figures));
