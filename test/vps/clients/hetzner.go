package main

import (
	"context"
	"net"
	"net/http"
	"regexp"
	"time"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	"github.com/hetznercloud/hcloud-go/v2/hcloud/schema"
)

type listOf[T any] struct {
	schema.MetaResponse
	Locations   *T `json:"locations,omitempty"`
	ServerTypes *T `json:"server_types,omitempty"`
	Images      *T `json:"images,omitempty"`
	Servers     *T `json:"servers,omitempty"`
	PrimaryIPs  *T `json:"primary_ips,omitempty"`
	Volumes     *T `json:"volumes,omitempty"`
	Firewalls   *T `json:"firewalls,omitempty"`
	Actions     *T `json:"actions,omitempty"`
}

var hetznerShapes = []shape{
	{regexp.MustCompile(`^GET .*/locations$`), listOf[[]schema.Location]{}},
	{regexp.MustCompile(`^GET .*/server_types$`), listOf[[]schema.ServerType]{}},
	{regexp.MustCompile(`^GET .*/images$`), listOf[[]schema.Image]{}},
	{regexp.MustCompile(`^GET .*/actions$`), listOf[[]schema.Action]{}},
	{regexp.MustCompile(`^GET .*/actions/\d+$`), schema.ActionGetResponse{}},
	{regexp.MustCompile(`^POST .*/firewalls/\d+/actions/`), schema.FirewallActionSetRulesResponse{}},
	{regexp.MustCompile(`^POST .*/actions/`), schema.ActionGetResponse{}},
	{regexp.MustCompile(`^GET .*/servers$`), listOf[[]schema.Server]{}},
	{regexp.MustCompile(`^POST .*/servers$`), schema.ServerCreateResponse{}},
	{regexp.MustCompile(`^GET .*/servers/\d+$`), schema.ServerGetResponse{}},
	{regexp.MustCompile(`^DELETE .*/servers/\d+$`), schema.ServerDeleteResponse{}},
	{regexp.MustCompile(`^GET .*/primary_ips$`), listOf[[]schema.PrimaryIP]{}},
	{regexp.MustCompile(`^POST .*/primary_ips$`), schema.PrimaryIPCreateResponse{}},
	{regexp.MustCompile(`^GET .*/primary_ips/\d+$`), schema.PrimaryIPGetResponse{}},
	{regexp.MustCompile(`^GET .*/volumes$`), listOf[[]schema.Volume]{}},
	{regexp.MustCompile(`^POST .*/volumes$`), schema.VolumeCreateResponse{}},
	{regexp.MustCompile(`^GET .*/volumes/\d+$`), schema.VolumeGetResponse{}},
	{regexp.MustCompile(`^GET .*/firewalls$`), listOf[[]schema.Firewall]{}},
	{regexp.MustCompile(`^POST .*/firewalls$`), schema.FirewallCreateResponse{}},
	{regexp.MustCompile(`^GET .*/firewalls/\d+$`), schema.FirewallGetResponse{}},
}

// The life of a host, by Hetzner's own client.
func hetzner(endpoint, token string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client := hcloud.NewClient(
		hcloud.WithEndpoint(endpoint),
		hcloud.WithToken(token),
		hcloud.WithPollOpts(hcloud.PollOpts{BackoffFunc: hcloud.ConstantBackoff(10 * time.Millisecond)}),
		// The cloud no longer has data centres.
		hcloud.WithHTTPClient(&http.Client{Transport: watched{hetznerShapes, []string{"datacenter"}}}),
	)
	done := func(what string, err error, actions ...*hcloud.Action) {
		must(what, err)
		must(what, client.Action.WaitFor(ctx, actions...))
	}
	labels := map[string]string{"btc-pinata": "demo"}
	locations, err := client.Location.All(ctx)
	must("locations", err)
	serverType, _, err := client.ServerType.GetByName(ctx, "cx23")
	must("server type", err)
	image, _, err := client.Image.GetByNameAndArchitecture(ctx, "debian-12", hcloud.ArchitectureX86)
	must("image", err)

	address, _, err := client.PrimaryIP.Create(ctx, hcloud.PrimaryIPCreateOpts{
		Name: "demo", Type: hcloud.PrimaryIPTypeIPv4, Location: locations[0].Name, AutoDelete: hcloud.Ptr(false), Labels: labels,
	})
	must("primary IP", err)
	_, everywhere, _ := net.ParseCIDR("0.0.0.0/0")
	rules := []hcloud.FirewallRule{{
		Direction: hcloud.FirewallRuleDirectionIn, Protocol: hcloud.FirewallRuleProtocolTCP,
		Port: hcloud.Ptr("443"), SourceIPs: []net.IPNet{*everywhere}, Description: hcloud.Ptr("the page"),
	}}
	firewall, _, err := client.Firewall.Create(ctx, hcloud.FirewallCreateOpts{Name: "demo", Rules: rules, Labels: labels})
	must("firewall", err)
	volume, _, err := client.Volume.Create(ctx, hcloud.VolumeCreateOpts{Name: "demo", Size: 10, Location: locations[0], Labels: labels})
	done("volume", err, volume.Action)
	server, _, err := client.Server.Create(ctx, hcloud.ServerCreateOpts{
		Name: "demo-1", ServerType: serverType, Image: image, Location: locations[0], UserData: "#cloud-config\n", Labels: labels,
		StartAfterCreate: hcloud.Ptr(true),
		Firewalls:        []*hcloud.ServerCreateFirewall{{Firewall: *firewall.Firewall}},
		PublicNet:        &hcloud.ServerCreatePublicNet{EnableIPv4: true, IPv4: address.PrimaryIP},
	})
	done("server", err, server.Action)
	action, _, err := client.Volume.Attach(ctx, volume.Volume, server.Server)
	done("attach", err, action)
	action, _, err = client.PrimaryIP.ChangeDNSPtr(ctx, hcloud.PrimaryIPChangeDNSPtrOpts{
		ID: address.PrimaryIP.ID, IP: address.PrimaryIP.IP.String(), DNSPtr: "pinata.example.org",
	})
	done("reverse name", err, action)
	actions, _, err := client.Firewall.SetRules(ctx, firewall.Firewall, hcloud.FirewallSetRulesOpts{Rules: rules})
	done("rules", err, actions...)

	options := hcloud.ListOpts{LabelSelector: "btc-pinata=demo"}
	_, _, err = client.Server.List(ctx, hcloud.ServerListOpts{ListOpts: options})
	must("servers", err)
	_, _, err = client.PrimaryIP.List(ctx, hcloud.PrimaryIPListOpts{ListOpts: options})
	must("primary IPs", err)
	_, _, err = client.Volume.List(ctx, hcloud.VolumeListOpts{ListOpts: options})
	must("volumes", err)
	_, _, err = client.Firewall.List(ctx, hcloud.FirewallListOpts{ListOpts: options})
	must("firewalls", err)
	found, _, err := client.Server.GetByID(ctx, server.Server.ID)
	must("server", err)
	if found.PublicNet.IPv4.IP.String() != address.PrimaryIP.IP.String() || len(found.Volumes) != 1 {
		complain("the server has the address %s and %d volumes", found.PublicNet.IPv4.IP, len(found.Volumes))
	}

	action, _, err = client.Server.Shutdown(ctx, server.Server)
	done("shutdown", err, action)
	action, _, err = client.PrimaryIP.Unassign(ctx, address.PrimaryIP.ID)
	done("unassign", err, action)
	action, _, err = client.PrimaryIP.Assign(ctx, hcloud.PrimaryIPAssignOpts{
		ID: address.PrimaryIP.ID, AssigneeID: server.Server.ID, AssigneeType: "server",
	})
	done("assign", err, action)
	action, _, err = client.Server.Poweron(ctx, server.Server)
	done("power on", err, action)
	action, _, err = client.Server.Poweroff(ctx, server.Server)
	done("power off", err, action)
	action, _, err = client.Volume.Resize(ctx, volume.Volume, 20)
	done("resize", err, action)
	action, _, err = client.Volume.Detach(ctx, volume.Volume)
	done("detach", err, action)
	gone, _, err := client.Server.DeleteWithResult(ctx, server.Server)
	done("delete", err, gone.Action)
	_, err = client.Volume.Delete(ctx, volume.Volume)
	must("delete volume", err)
	_, err = client.Firewall.Delete(ctx, firewall.Firewall)
	must("delete firewall", err)
	_, err = client.PrimaryIP.Delete(ctx, address.PrimaryIP)
	must("delete primary IP", err)
}
