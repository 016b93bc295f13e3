/* The messages that Pulumi's SDK ships: the tests play the engine, and a plugin. */

import engineService from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import engineMessages from '@pulumi/pulumi/proto/engine_pb.js';
import languageMessages from '@pulumi/pulumi/proto/language_pb.js';
import pluginMessages from '@pulumi/pulumi/proto/plugin_pb.js';
import providerService from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import providerMessages from '@pulumi/pulumi/proto/provider_pb.js';
import resourceService from '@pulumi/pulumi/proto/resource_grpc_pb.js';
import resourceMessages from '@pulumi/pulumi/proto/resource_pb.js';

export {
  engineMessages,
  engineService,
  languageMessages,
  pluginMessages,
  providerMessages,
  providerService,
  resourceMessages,
  resourceService,
};
