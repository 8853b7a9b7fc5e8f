/** Asks for a picture. Knows how a refusal reads; refuses to know where on a page it is shown. */

export const AWAY = 'The server does not answer.';

/** @returns {Promise<{ url?: string | null, field?: string, words: string }>} no words: it is taken */
export async function order({ seed, palette, width, height }) {
  const answer = await fetch('/images', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ seed, palette, width, height }),
  }).catch(() => null);
  if (answer?.ok) return { url: answer.headers.get('location'), words: '' };
  const said = await answer?.json().catch(() => null);
  return { field: said?.field, words: said ? `${said.what} ${said.hint}` : AWAY };
}
