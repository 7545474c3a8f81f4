import { stringify } from "yaml";

/** A YAML document that Kubernetes' YAML 1.1 parser reads as it was meant: "on" and "0644" stay text. */
export function yamlDocument(value: Readonly<Record<string, unknown>>): string {
    return stringify(value, { compat: "yaml-1.1", aliasDuplicateObjects: false, lineWidth: 0 });
}

/** Several YAML documents in one text. */
export function multiDocument(...documents: readonly string[]): string {
    return documents.join("---\n");
}
