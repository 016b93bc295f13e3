/** The text of an answer, without the blanks around it; undefined where it is longer than `longest` bytes, of which no more are read. */
export async function boundedText(response: Response, longest: number): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  // Whoever stops to read hangs up.
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > longest) return undefined;
    text += decoder.decode(piece, { stream: true });
  }
  return (text + decoder.decode()).trim();
}
