/** The pictures of the console that the documents show, each in light and dark. `pictures.test.ts` takes them. */
export const pictureFolder = 'docs/console';
export const pictures = ['jobs', 'job', 'launch', 'operation'] as const;
export type Picture = (typeof pictures)[number];
export const themes = ['light', 'dark'] as const;

export const fileOf = (picture: Picture, theme: (typeof themes)[number]): string => `${picture}-${theme}.png`;
