/** The documents show exactly the pictures that `npm run docs:screenshots` takes, and each is there. Seen to fail: one renamed. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileOf, pictureFolder, pictures, themes } from '../ui/browser/picture-names.ts';
import { documents, repository, textOf } from './markdown.ts';

const names = pictures.flatMap((picture) => themes.map((theme) => fileOf(picture, theme))).toSorted();

test('each picture is in its folder, and no other file', () => {
  expect(readdirSync(join(repository, pictureFolder)).toSorted()).toEqual(names);
});

test('documents show each picture, and no other one', () => {
  const shown = documents.flatMap((path) =>
    [...textOf(path).matchAll(/["(](?:docs\/)?console\/([\w-]+\.png)[")]/g)].map(([, name]) => name),
  );
  expect([...new Set(shown)].toSorted()).toEqual(names);
});
