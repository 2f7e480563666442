/** Fonts for pictures that people see: those of the machine too, because the package has none for code. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const preferred = (family: string, font: string): string =>
  `<alias binding="strong"><family>${family}</family><prefer><family>${font}</family></prefer></alias>`;

/** Beside the package's fonts, which stay the ones of plain text. Without a package the browser has the machine's anyway. */
export function fontsOfTheMachine(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { FONTCONFIG_PATH: ofPackage } = environment;
  if (ofPackage === undefined) return {};
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-fonts-')), 'fonts.conf');
  const sans = ['system-ui', 'sans-serif'].map((family) => preferred(family, 'Open Sans')).join('');
  const dirs = [join(ofPackage, 'fonts'), '/usr/share/fonts'].map((dir) => `<dir>${dir}</dir>`).join('');
  const mono = preferred('monospace', 'DejaVu Sans Mono');
  writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>${dirs}<cachedir prefix="xdg">fontconfig</cachedir>${sans}${mono}</fontconfig>\n`,
  );
  return { FONTCONFIG_FILE: file };
}
