/** The looks that a page can have, and what holds in each of them. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { expectAccessible } from './world.ts';

const usual = { colorScheme: 'light', forcedColors: 'none', size: { width: 1280, height: 800 } } as const;

const looks = [
  { name: 'dark', ...usual, colorScheme: 'dark' },
  { name: 'forced colours', ...usual, forcedColors: 'active' },
  { name: 'on a phone', ...usual, size: { width: 390, height: 844 } },
  { name: 'at 200 %', ...usual, size: { width: 640, height: 400 } },
] as const;
type Look = Omit<(typeof looks)[number], 'name'>;

/**
 * Holds in every look that axe finds nothing, and that nothing lies beside the window. The page takes a look while it is open,
 * as when a system turns dark or a window is drawn smaller, because opening it for each look takes most of the time.
 * @param scene what a person sees then, such as one tab after the other; it calls `check` for each.
 */
export async function expectFineInEveryLook(
  page: Page,
  scene: (check: () => Promise<void>) => Promise<void> = (check) => check(),
): Promise<void> {
  for (const { name, ...look } of looks) {
    await wear(page, look);
    await scene(async () => {
      await expectAccessible(page);
      const [needed, there] = await page.evaluate<[number, number]>(
        '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
      );
      expect({ name, isBesideTheWindow: needed > there }).toEqual({ name, isBesideTheWindow: false });
    });
  }
  await wear(page, usual);
}

async function wear(page: Page, { size, ...media }: Look | typeof usual): Promise<void> {
  await page.emulateMedia(media);
  await page.setViewportSize(size);
}
