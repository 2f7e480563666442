/**
 * ESLint rule `sluice/comment-form` holds the part of the style of comments that a program can hold: a sentence of a
 * comment begins with the thing that it is about. CONTRIBUTING.md has the whole rule.
 */
const OPENINGS = ['What', 'Who', 'Whoever', 'Whose', 'Of', 'Nobody', 'One', 'Not'];
const SENTENCE = new RegExp(`(?:^|[.:;!?]\\s+(?=[A-Z]))(${OPENINGS.join('|')})\\b`, 'g');
/** A pronoun has no noun before it at the very beginning. */
const PRONOUN = /^(It|Its|They|That|Those)\b/;

/** @returns the words with which the sentences of a comment begin although none should. */
function badOpenings(comment) {
  const text = comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*?\s?/, '').replace(/^(?:@\w+|[-*])\s+/, ''))
    .join(' ')
    .replaceAll(/`[^`]*`/g, '`code`')
    .trim();
  return [...text.matchAll(SENTENCE), ...text.matchAll(new RegExp(PRONOUN, 'g'))].map(([, word]) => word);
}

/** ESLint's own directives and references are no sentences. */
const isDirective = (text) => /^\s*(?:eslint|prettier|@ts-|global|#)/.test(text);

export const commentForm = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      opening: 'A sentence begins with "{{word}}": begin with the thing that it is about, and say what that does.',
    },
  },
  create(context) {
    const source = context.sourceCode;
    return {
      Program() {
        for (const block of blocksOf(source.getAllComments())) {
          const text = block.map(({ value }) => value).join('\n');
          if (isDirective(text)) continue;
          for (const word of badOpenings(text))
            context.report({ loc: block[0].loc, messageId: 'opening', data: { word } });
        }
      },
    };
  },
};

/** Joins line comments that follow each other: a sentence may go over several of them. */
function blocksOf(comments) {
  const blocks = [];
  for (const comment of comments) {
    const last = blocks.at(-1)?.at(-1);
    const goesOn = last?.type === 'Line' && comment.type === 'Line' && comment.loc.start.line === last.loc.end.line + 1;
    if (goesOn) blocks.at(-1).push(comment);
    else blocks.push([comment]);
  }
  return blocks;
}
