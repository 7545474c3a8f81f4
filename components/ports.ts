/** Where API servers answer, and the load balancers in front of them. */
export const apiServerPort = 6443;
