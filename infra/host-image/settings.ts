/* Settings of the system around the service, each a file. */

interface SettingsFile {
  readonly path: string;
  readonly content: string;
}

export const systemSettings: readonly SettingsFile[] = [
  {
    path: '/etc/sysctl.d/80-btc-pinata.conf',
    content: `# No core file, which would hold the key; no process looks into another, not even root's; less to find out about the kernel.
kernel.core_pattern = |/bin/false
fs.suid_dumpable = 0
kernel.yama.ptrace_scope = 3
kernel.kptr_restrict = 2
kernel.dmesg_restrict = 1
kernel.unprivileged_bpf_disabled = 1
kernel.kexec_load_disabled = 1
kernel.sysrq = 0
kernel.randomize_va_space = 2
net.core.bpf_jit_harden = 2
net.ipv4.tcp_syncookies = 1
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.all.rp_filter = 2
net.ipv6.conf.all.accept_redirects = 0
`,
  },
  {
    path: '/etc/systemd/system.conf.d/80-btc-pinata.conf',
    content: '[Manager]\nDefaultLimitCORE=0\nDumpCore=no\nCrashShell=no\n',
  },
  { path: '/etc/systemd/coredump.conf.d/80-btc-pinata.conf', content: '[Coredump]\nStorage=none\nProcessSizeMax=0\n' },
  {
    path: '/etc/systemd/journald.conf.d/80-btc-pinata.conf',
    content: `[Journal]
Storage=persistent
SystemMaxUse=200M
SystemKeepFree=500M
RuntimeMaxUse=50M
MaxRetentionSec=1month
RateLimitIntervalSec=30s
RateLimitBurst=2000
ForwardToConsole=no
`,
  },
  {
    path: '/etc/apt/apt.conf.d/80-btc-pinata',
    content: `// Security fixes are installed, and what needs a boot is booted: the same wallet, new certificate authorities.
APT::Periodic::Enable "1";
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT::Periodic::AutocleanInterval "7";
#clear Unattended-Upgrade::Origins-Pattern;
Unattended-Upgrade::Origins-Pattern { "origin=Debian,codename=\${distro_codename}-security,label=Debian-Security"; };
Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";
Unattended-Upgrade::Automatic-Reboot "true";
Unattended-Upgrade::Automatic-Reboot-Time "04:30";
`,
  },
  {
    // docs/wallet.md: a machine that was resumed or cloned tells the service so.
    path: '/etc/udev/rules.d/90-btc-pinata.rules',
    content: `ACTION=="change", ENV{NEW_VMGENID}=="1", RUN+="/bin/sh -c 'mkdir -p /run/btc-pinata; cp /proc/sys/kernel/random/uuid /run/btc-pinata/vm-generation'"
`,
  },
];
