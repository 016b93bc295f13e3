import { caseOf } from './clouds.ts';
import { killedRuns } from './killed-runs.ts';

killedRuns(caseOf('hetzner'));
