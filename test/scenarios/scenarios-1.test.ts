/** The first half of the random scenarios; the second is in a file of its own, so that both cores are used. */
import { testRandomScenarios } from './random-scenarios.ts';

testRandomScenarios(1);
