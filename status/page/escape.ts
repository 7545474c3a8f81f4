const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
};

/** A text that stands for itself in HTML and SVG, in attributes too. */
export function escape(text: string): string {
    return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
