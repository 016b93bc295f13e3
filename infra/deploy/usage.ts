/* What --help prints of the verbs that deploy. */

const common = `  --name NAME             of the deployment (pinata): part of the name of everything that is made
  --folder DIR            where deployments are kept (deployments): DIR/NAME/deployment.json, which holds no secret, and
                          the refund key beside it, which is one`;

export const deployUsage = `Usage: btc-pinata deploy [options]

Puts a piñata into a cloud, with its status page: looks at what is needed, shows what will be done and what it costs, does
it, waits until the host answers, verifies it as a stranger would, and only then shows the address to fund. Asks for what no
option says. Run again, it changes what is another, and goes on where it was interrupted.

${common}
  --host PROVIDER         ec2 (attested by its hardware; one AWS credential does all), hetzner or digitalocean
  --region REGION         of the host; the page is in us-east-1
  --zone ZONE             of the host on EC2, as eu-west-1b (the first that has the type)
  --network NAME          mainnet, testnet4, signet or regtest
  --refund-height H       from which block on you may take the coins back, if nobody has
  --refund-key HEX        your refund key's public half; without it one is made
  --host-name NAME        a DNS name of yours for the host
  --type TYPE             of the machine (t3.micro, cx23, s-1vcpu-1gb)
  --no-status             no status page, so nothing on AWS unless the host is
  --page-domain NAME      a domain of yours for the page, and
  --hosted-zone ID        its zone in Route 53 of the same account, as Z0123456789ABCDEFGHIJ
  --email ADDRESS         who is written to when something fails
  --chain URL             an explorer that the page asks; once for each (public ones of the network)
  --release DIR           a folder with release.json and its files (dist)
  --release-url URL       where a VPS without a status page gets its program from
  --config FILE           these as JSON: {"name": ..., "host": ..., "refundHeight": ...}
  --adopt                 stacks of this name are there, and their deployment.json is lost: take them
  --dry-run               show what would be done, with the diffs of cdk and pulumi, or all that is missing; do nothing
  --yes                   ask nothing

Exit status: 0 it is live; 1 it is not, and why is said; 2 wrong usage.`;

export const doctorUsage = `Usage: btc-pinata doctor [options of deploy]
       btc-pinata doctor --policy [--account ID] [options of deploy]
       btc-pinata doctor --ec2-selftest [--name NAME] [--folder DIR] [--release DIR]

Looks at all that deploy needs, and changes nothing: tools, release, credentials and what they may do, regions, CDK's
bootstrap, quotas, NitroTPM of the type of instance, the zone of the page's domain. --policy prints the IAM policy that the
credentials need, as JSON.

--ec2-selftest is for a measured host on EC2 that is live, and not on mainnet: it keeps the document of its NitroTPM and the
event log of its boot in ec2-selftest/ beside deployment.json, restarts it, and says whether its key is the same.

Exit status: 0 nothing is missing; 1 something is, and what to do is said; 2 wrong usage.`;

export const destroyUsage = `Usage: btc-pinata destroy [options]

Removes what a deployment has in its clouds. Refuses while the chain says that the wallet holds coins, or when nobody can
say, before it asks you and after your yes; a host that was never verified is asked for its wallet. Of a vault before its
height the coins stay locked until then, and your refund key alone can move them: that takes --abandon-until.
Says at the end what is left, and what that costs.

${common}
  --abandon-until H       leave the coins of the vault where they are, until block H, its height
  --wallet-unknown        of a host that was never verified and says nothing: remove it, whatever its wallet holds
  --chain URL             an explorer to ask; once for each (public ones of the network)
  --dry-run               show what would be done, and do nothing
  --yes                   ask nothing

Exit status: 0 it is gone; 1 it is not, and why is said; 2 wrong usage.`;

export const retireUsage = `Usage: btc-pinata retire --on DATE [options]

Announces the end of a piñata: a notice, signed with the refund key, that its status page shows from now on and checks. The
coins can be taken back from the refund height on, whatever is announced.

${common}
  --on DATE               2027-03-01: when it ends
  --url URL               https: where more is said about it
  --key FILE              the refund key, if it is not beside deployment.json; - is the standard input
  --yes                   ask nothing

Exit status: 0 it is announced; 1 it is not, and why is said; 2 wrong usage.`;

export const upgradeUsage = `Usage: btc-pinata upgrade [--release DIR] [options]

A VPS: a new server with the release, the same address, volume and wallet; the old server is deleted last. A measured host
has its key for exactly its image: there the release gets a deployment of its own beside the old one (pinata-2), with what was
chosen for that, but another key and another address. The old one is not touched, and runs on until its coins are claimed or
taken back.

${common}
  --release DIR           a folder with release.json and its files (dist)
  --refund-height H       of a measured host: that of the new wallet
  --host-name NAME        of a measured host: a DNS name for the new one
  --dry-run, --yes        as for deploy

Exit status: 0 it runs; 1 it does not, and why is said; 2 wrong usage.`;

export const rotateUsage = `Usage: btc-pinata rotate [options]

New certificate authorities: the host restarts, by the API of its cloud, and makes new ones. The wallet stays.

${common}
  --yes                   ask nothing

Exit status: 0 it answers, with new authorities; 1 it does not, and why is said; 2 wrong usage.`;

export const logsUsage = `Usage: btc-pinata logs [options]

What the host prints on its console, which is public and holds no secret. The clouds of a VPS keep no console: there it is the
log of the process, as its page has it, and where the console is shown.

${common}

Exit status: 0; 1 it cannot be had, and why is said; 2 wrong usage.`;

export const costUsage = `Usage: btc-pinata cost [options of deploy]

What a deployment costs a month, as the plan of deploy shows it, and where each figure is from. No price list is asked: look
them up before you rely on them.

Exit status: 0; 2 wrong usage.`;
