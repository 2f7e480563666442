/** Types of the ESLint rule, for its test. */
import type { Rule } from 'eslint';

export declare const noElapsedTime: Rule.RuleModule;
