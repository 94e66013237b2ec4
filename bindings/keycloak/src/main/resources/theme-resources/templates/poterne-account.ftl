<#import "template.ftl" as layout>
<#import "poterne-parts.ftl" as parts>
<#global title = parts.title("poterne.account.title")>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg("poterne.account.title")}
  <#elseif section = "form">
    <div class="pf-v5-u-mt-md">
    <p id="poterne-state">${msg("poterne.account." + poterne.state)}</p>
    <#if poterne.state != "pending">
      <p class="pf-v5-u-mt-sm">${msg("poterne.recovery.left", poterne.recoveryLeft)}</p>
      <div class="pf-v5-u-mt-md">
        <@parts.form step="phone"><@parts.submit id="poterne-new-phone" label=msg("poterne.replace.start")/></@parts.form>
      </div>
      <#if poterne.canBeNew>
        <div class="pf-v5-u-mt-md">
          <@parts.form step="recovery"><@parts.submit id="poterne-new-recovery" second=true label=msg("poterne.recovery.new")/></@parts.form>
        </div>
      </#if>
    </#if>
    <div class="pf-v5-u-mt-md">
      <@parts.form step="back"><@parts.submit id="poterne-back" second=true label=msg("poterne.account.back")/></@parts.form>
    </div>
    </div>
  </#if>
</@layout.registrationLayout>
