package main

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/digitalocean/godo"
)

type page struct {
	Links *godo.Links `json:"links,omitempty"`
	Meta  *godo.Meta  `json:"meta,omitempty"`
}

type answer[T any] struct {
	page
	Account     *T `json:"account,omitempty"`
	Action      *T `json:"action,omitempty"`
	Actions     *T `json:"actions,omitempty"`
	Droplet     *T `json:"droplet,omitempty"`
	Droplets    *T `json:"droplets,omitempty"`
	Firewall    *T `json:"firewall,omitempty"`
	Firewalls   *T `json:"firewalls,omitempty"`
	ReservedIP  *T `json:"reserved_ip,omitempty"`
	ReservedIPs *T `json:"reserved_ips,omitempty"`
	Tag         *T `json:"tag,omitempty"`
	Volume      *T `json:"volume,omitempty"`
	Volumes     *T `json:"volumes,omitempty"`
}

var digitalOceanShapes = []shape{
	{regexp.MustCompile(`^GET .*/account$`), answer[godo.Account]{}},
	{regexp.MustCompile(`^GET .*/actions$`), answer[[]godo.Action]{}},
	{regexp.MustCompile(`^(POST|GET) .*/actions(/\d+)?$`), answer[godo.Action]{}},
	{regexp.MustCompile(`^(POST|GET) .*/tags(/.+)?$`), answer[godo.Tag]{}},
	{regexp.MustCompile(`^GET .*/droplets$`), answer[[]godo.Droplet]{}},
	{regexp.MustCompile(`^(POST|GET) .*/droplets(/\d+)?$`), answer[godo.Droplet]{}},
	{regexp.MustCompile(`^GET .*/volumes$`), answer[[]godo.Volume]{}},
	{regexp.MustCompile(`^(POST|GET) .*/volumes(/[0-9a-f-]+)?$`), answer[godo.Volume]{}},
	{regexp.MustCompile(`^GET .*/firewalls$`), answer[[]godo.Firewall]{}},
	{regexp.MustCompile(`^(POST|GET) .*/firewalls(/[0-9a-f-]+)?$`), answer[godo.Firewall]{}},
	{regexp.MustCompile(`^(POST|GET) .*/reserved_ips(/[0-9.]+)?$`), answer[godo.ReservedIP]{}},
}

// The life of a host, by DigitalOcean's own client.
func digitalOcean(endpoint, token string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := godo.New(
		&http.Client{Transport: bearer{token, watched{digitalOceanShapes, nil}}},
		godo.SetBaseURL(endpoint),
	)
	must("client", err)
	_, _, err = client.Account.Get(ctx)
	must("account", err)
	tag, _, err := client.Tags.Create(ctx, &godo.TagCreateRequest{Name: "btc-pinata:demo"})
	must("tag", err)
	_, _, err = client.Tags.Get(ctx, tag.Name)
	must("tag", err)
	address, _, err := client.ReservedIPs.Create(ctx, &godo.ReservedIPCreateRequest{Region: "nyc3"})
	must("reserved IP", err)
	volume, _, err := client.Storage.CreateVolume(ctx, &godo.VolumeCreateRequest{
		Region: "nyc3", Name: "demo", Description: "the data of demo", SizeGigaBytes: 10, Tags: []string{tag.Name},
	})
	must("volume", err)
	everywhere := []string{"0.0.0.0/0"}
	firewall, _, err := client.Firewalls.Create(ctx, &godo.FirewallRequest{
		Name: "demo", Tags: []string{tag.Name},
		InboundRules: []godo.InboundRule{{Protocol: "tcp", PortRange: "443", Sources: &godo.Sources{Addresses: everywhere}}},
		OutboundRules: []godo.OutboundRule{
			{Protocol: "tcp", PortRange: "443", Destinations: &godo.Destinations{Addresses: everywhere}},
		},
	})
	must("firewall", err)
	droplet, _, err := client.Droplets.Create(ctx, &godo.DropletCreateRequest{
		Name: "demo-1", Region: "nyc3", Size: "s-1vcpu-1gb", Image: godo.DropletCreateImage{Slug: "debian-12-x64"},
		UserData: "#cloud-config\n", Tags: []string{tag.Name}, WithDropletAgent: godo.PtrTo(false),
	})
	must("droplet", err)
	done := func(what string, action *godo.Action, err error) {
		must(what, err)
		action, _, err = client.Actions.Get(ctx, action.ID)
		must(what, err)
		if action.Status != godo.ActionCompleted {
			complain("%s is %s", what, action.Status)
		}
	}
	action, _, err := client.StorageActions.Attach(ctx, volume.ID, droplet.ID)
	done("attach", action, err)
	action, _, err = client.ReservedIPActions.Assign(ctx, address.IP, droplet.ID)
	done("assign", action, err)
	found, _, err := client.ReservedIPs.Get(ctx, address.IP)
	must("reserved IP", err)
	if found.Droplet == nil || found.Droplet.ID != droplet.ID {
		complain("the address is not the droplet's")
	}
	_, _, err = client.Droplets.ListByTag(ctx, tag.Name, nil)
	must("droplets", err)
	_, _, err = client.Droplets.Actions(ctx, droplet.ID, nil)
	must("actions", err)
	_, _, err = client.Storage.ListVolumes(ctx, &godo.ListVolumeParams{Name: "demo"})
	must("volumes", err)
	_, _, err = client.Firewalls.List(ctx, nil)
	must("firewalls", err)
	_, _, err = client.Firewalls.Get(ctx, firewall.ID)
	must("firewall", err)

	action, _, err = client.DropletActions.Shutdown(ctx, droplet.ID)
	done("shutdown", action, err)
	stopped, _, err := client.Droplets.Get(ctx, droplet.ID)
	must("droplet", err)
	if stopped.Status != "off" {
		complain("a droplet that was shut down is %s", stopped.Status)
	}
	action, _, err = client.DropletActions.PowerOn(ctx, droplet.ID)
	done("power on", action, err)
	action, _, err = client.DropletActions.PowerOff(ctx, droplet.ID)
	done("power off", action, err)
	action, _, err = client.ReservedIPActions.Unassign(ctx, address.IP)
	done("unassign", action, err)
	action, _, err = client.StorageActions.DetachByDropletID(ctx, volume.ID, droplet.ID)
	done("detach", action, err)
	_, err = client.Droplets.Delete(ctx, droplet.ID)
	must("delete "+strconv.Itoa(droplet.ID), err)
	_, err = client.Storage.DeleteVolume(ctx, volume.ID)
	must("delete volume", err)
	_, err = client.Firewalls.Delete(ctx, firewall.ID)
	must("delete firewall", err)
	_, err = client.ReservedIPs.Delete(ctx, address.IP)
	must("delete reserved IP", err)
	_, err = client.Tags.Delete(ctx, tag.Name)
	must("delete tag", err)
}

type bearer struct {
	token string
	next  http.RoundTripper
}

func (b bearer) RoundTrip(request *http.Request) (*http.Response, error) {
	with := request.Clone(request.Context())
	with.Header.Set("Authorization", "Bearer "+b.token)
	return b.next.RoundTrip(with)
}
