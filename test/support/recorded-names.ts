// How is a resource called that nobody made? By marks that say whose they are, so that a graph can be read from values.
export type Mark = { readonly type: string; readonly name: string; readonly attribute: string };

const pattern = /<<([^|<>]+)\|([^|<>]+)\|([^|<>]+)>>/g;

export const markOf = ({ attribute, name, type }: Mark): string => `<<${type}|${name}|${attribute}>>`;

/** The text with each mark replaced. */
export const markedIn = (text: string, written: (mark: Mark) => string): string =>
  text.replace(pattern, (_, type: string, name: string, attribute: string) => written({ type, name, attribute }));
