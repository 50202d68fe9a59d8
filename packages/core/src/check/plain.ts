/**
 * Text of a dataset as one line that no terminal, log or XML parser trips over: control characters, marks that reverse the
 * direction of writing and halves of surrogate pairs become visible replacements.
 */
export const plainLine = (text: string): string =>
  text
    .toWellFormed()
    // eslint-disable-next-line no-control-regex -- these are what it is about
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g, "\uFFFD")
