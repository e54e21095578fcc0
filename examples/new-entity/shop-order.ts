import { defineEntity, field } from '@ayna/contract';

/** Orders at `shops/{shopId}/orders/{orderId}`. */
export const shopOrder = defineEntity({
  name: 'shop.order',
  path: 'shops/{shopId}/orders/{orderId}',
  functionName: 'mirrorShopOrders',
  table: 'ShopOrdersMirror',
  procedures: {
    upsert: 'sp_StoreMirror_UpsertShopOrder',
    delete: 'sp_StoreMirror_DeleteShopOrder',
    purge: 'sp_StoreMirror_PurgeShopOrder',
  },
  fields: { customer: field.text(), cents: field.integer(), placedAt: field.timestamp() },
  indexes: [['shopId', 'placedAt']],
});
