/**
 * The header of a request that a page makes by itself, because nobody has touched it for a while. Such a request keeps no session
 * from ending. The file imports nothing, because the console reads it in a browser.
 */
export const UNATTENDED_HEADER = 'x-sluice-unattended';
