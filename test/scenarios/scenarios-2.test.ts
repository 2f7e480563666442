/** The second half of the random scenarios. */
import { testRandomScenarios } from './random-scenarios.ts';

testRandomScenarios(2);
