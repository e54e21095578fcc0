// Where the images are. The apps pull with their identities; there is no administrator with a password.
param location string
param name string
param pullers string[]
param tags object

var acrPull = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: {
    adminUserEnabled: false
  }
}

resource pulls 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principalId in pullers: {
    scope: registry
    name: guid(registry.id, principalId, acrPull)
    properties: { roleDefinitionId: acrPull, principalId: principalId, principalType: 'ServicePrincipal' }
  }
]

output loginServer string = registry.properties.loginServer
