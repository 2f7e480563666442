/** Gate records as JVMs may meet them. */
export const ID = '1764500000000_0007';
export const APPLICATION = `application_${ID}`;
/** The container of a first attempt. */
export const FIRST = `container_e17_${ID}_01_000001`;
export const OWN = 'operation/1';

type Fields = Readonly<Record<string, unknown>>;

/** The own entry, unless `more` gives it another key. */
export const entry = (gate: unknown, applicationId: unknown = APPLICATION, more: Fields = {}): Fields => ({
  startKey: OWN,
  epoch: 7,
  applicationId,
  gate,
  at: '2026-11-30T10:00:00.000Z',
  ...more,
});
export const record = (starts: unknown, more: Fields = {}): string =>
  JSON.stringify({ version: 1, job: 'clicks', starts, ...more });
export const open = record([entry('open')]);
export const other = entry('open', 'application_1_0001', { startKey: 'other/1' });
