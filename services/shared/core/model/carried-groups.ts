/** Names under which an expression finds the values that a link carries: `link`, and `line` for `lines`. */
export function carriedGroups(link: { readonly relation: string; readonly target: string }): string[] {
  const singular = link.relation.endsWith('s') ? link.relation.slice(0, -1) : link.relation;
  return [...new Set(['link', singular])].filter((name) => name !== link.target);
}
