/** Opens the worlds of a file of tests, all in one browser, and holds at the end of each that the browser had no complaint. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { openConsoleBrowser, openWorld, type World } from './world.ts';

let opened: Promise<Browser> | null = null;

/** The browser of all files that this process runs. It ends with the process. */
async function sharedBrowser(): Promise<Browser> {
  const browser = await opened;
  if (browser?.isConnected()) return browser;
  opened = openConsoleBrowser();
  return await opened;
}

type Lasting = 'each test' | 'all tests';

/**
 * Opens a world for each test around it, or one for all of them.
 * @param open opens it and puts there what the tests need. @returns the world of the test that runs.
 */
export function useWorld(): World;
export function useWorld<W extends World>(open: (browser: Browser) => Promise<W>, lasting?: Lasting): W;
export function useWorld(
  open: (browser: Browser) => Promise<World> = openWorld,
  lasting: Lasting = 'each test',
): World {
  let world: World;
  const [before, after] = lasting === 'each test' ? [beforeEach, afterEach] : [beforeAll, afterAll];
  before(async () => void (world = await open(await sharedBrowser())));
  after(async () => {
    await world.close();
    expect(world.faults).toEqual([]);
  });
  // No test has a world before it runs, so that each property is that of the world of then.
  return new Proxy({} as World, { get: (_none, name): unknown => Reflect.get(world, name) });
}

/** A world with what `fill` puts there. */
export const worldWith =
  (fill: (world: World) => unknown) =>
  async (browser: Browser): Promise<World> => {
    const world = await openWorld(browser);
    await fill(world);
    return world;
  };
