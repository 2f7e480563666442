#!/usr/bin/env node
// The command `sluice`: TypeScript is run as it is, so there is no build that could be out of date.
import { register } from 'tsx/esm/api';

register();
await import('../src/cli/main.ts');
