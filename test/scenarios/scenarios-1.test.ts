/** The first half of the random scenarios; the second is in a file of its own, so that both cores are used. */
import { randomScenarios } from './random-scenarios.ts';

randomScenarios(1);
