// Package v20170312 stands in for Tencent Cloud's VPC client, whose module the Go proxy refuses.
// flannel's tencent-vpc backend compiles against it; every call says that it cannot be used.
package v20170312

import "errors"

var errStandIn = errors.New("this flannel was built without Tencent Cloud's client, so its tencent-vpc backend cannot be used")

type Client struct{}

type Filter struct {
	Name   *string
	Values []*string
}

type Route struct {
	RouteId              *uint64
	DestinationCidrBlock *string
	GatewayType          *string
	GatewayId            *string
	RouteType            *string
	Enabled              *bool
}

type RouteTable struct {
	RouteTableId *string
	RouteSet     []*Route
}

type DescribeRouteTablesRequest struct{ Filters []*Filter }

type DescribeRouteTablesResponse struct {
	Response *struct{ RouteTableSet []*RouteTable }
}

type RoutesRequest struct {
	RouteTableId *string
	Routes       []*Route
}

func NewClientWithSecretId(secretId, secretKey, region string) (*Client, error) {
	return nil, errStandIn
}

func NewDescribeRouteTablesRequest() *DescribeRouteTablesRequest {
	return &DescribeRouteTablesRequest{}
}

func NewCreateRoutesRequest() *RoutesRequest { return &RoutesRequest{} }

func NewDeleteRoutesRequest() *RoutesRequest { return &RoutesRequest{} }

func (*Client) DescribeRouteTables(*DescribeRouteTablesRequest) (*DescribeRouteTablesResponse, error) {
	return nil, errStandIn
}

func (*Client) CreateRoutes(*RoutesRequest) (any, error) { return nil, errStandIn }

func (*Client) DeleteRoutes(*RoutesRequest) (any, error) { return nil, errStandIn }
