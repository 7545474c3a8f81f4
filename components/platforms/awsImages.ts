import type { Architecture } from "../software";

/** Public parameters in which the publishers of images name their newest one, by the name of the system. */
const parameters: Readonly<Record<string, (architecture: Architecture) => string>> = {
    "debian-13": (architecture) => `/aws/service/debian/release/13/latest/${architecture}`,
    "ubuntu-24.04": (architecture) =>
        `/aws/service/canonical/ubuntu/server/24.04/stable/current/${architecture}/hvm/ebs-gp3/ami-id`,
};

/** Systems that machines can have by name. */
export const systems: readonly string[] = Object.keys(parameters);

/** The parameter that names the newest image of a system; nothing for the id of an image. */
export function imageParameter(image: string, architecture: Architecture): string | undefined {
    return parameters[image]?.(architecture);
}
