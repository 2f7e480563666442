#!/usr/bin/env node
// The command `sluice`: TypeScript is run as it is, so there is no build that could be out of date.
import { register } from 'tsx/esm/api';

// The AWS SDK warns in nine lines about a Node that this repository supports.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
register();
await import('../src/cli/main.ts');
