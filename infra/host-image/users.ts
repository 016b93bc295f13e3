/*
 * Users of the host. The numbers are fixed: the files of a volume belong to the same user on the next server, and the firewall
 * knows them before they are made.
 */

export const userIds = { service: 890, dialler: 891 } as const;

/** sysusers.d(5): a colon would be a field of /etc/passwd. */
export const sysusers = `u btc-pinata ${userIds.service} "btc-pinata service" / /usr/sbin/nologin
u btc-pinata-dialler ${userIds.dialler} "btc-pinata dialler" / /usr/sbin/nologin
`;
