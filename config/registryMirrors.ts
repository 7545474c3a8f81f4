import type { ClusterConfig } from "./clusterConfig";
import { isHost, repeated } from "./names";
import { mapOf, type Reader, textList } from "./readers";

/** URLs of mirrors by the registry that they stand for. */
export type RegistryMirrors = Readonly<Record<string, readonly string[]>>;

/** What containerd takes for each registry that has no mirrors of its own. */
const allOthers = "_default";
const mirrorUrl = /^https?:\/\/([\w.-]+|\[[\da-fA-F:]+\])(:\d{1,5})?(\/[\w.~/-]+)?$/;

/** A map of registries to lists of URLs. */
export const registryMirrors: Reader<RegistryMirrors> = mapOf(textList);

/** Registries are hosts, and each mirror is a URL without a login. */
export function registryMirrorRules({ registryMirrors: mirrors }: ClusterConfig): string[] {
    return Object.entries(mirrors).flatMap(([registry, urls]) => [
        ...(registry === allOthers || isHost(registry.replace(/:\d{1,5}$/, ""))
            ? []
            : [
                  `registryMirrors: "${registry}" is not a registry; give its host, for example docker.io, or ${allOthers}`,
              ]),
        ...(urls.length === 0 ? [`registryMirrors: ${registry} has no URL; give one, or take it out`] : []),
        ...urls
            .filter((url) => !isMirror(url))
            .map(
                (url) =>
                    `registryMirrors: ${registry}: "${withoutLogin(url)}" is not a mirror; give its URL without a login, ` +
                    "for example https://mirror.example.com",
            ),
        ...repeated(urls.filter(isMirror)).map(
            (url) => `registryMirrors: ${registry}: ${url} is given more than once; keep one of them`,
        ),
    ]);
}

/** Whether a text is the URL of a mirror, of that form and with an address and a port that can be. */
function isMirror(url: string): boolean {
    return mirrorUrl.test(url) && URL.canParse(url);
}

function withoutLogin(url: string): string {
    return url.replace(/\/\/.*@/, "//…@");
}
