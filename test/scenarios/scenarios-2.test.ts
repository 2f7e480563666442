/** The second half of the random scenarios. */
import { randomScenarios } from './random-scenarios.ts';

randomScenarios(2);
