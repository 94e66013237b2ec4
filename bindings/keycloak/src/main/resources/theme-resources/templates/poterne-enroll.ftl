<#import "template.ftl" as layout>
<#import "poterne-parts.ftl" as parts>
<#assign heading = (poterne.step == "replace")?then("poterne.replace.title", "poterne.enroll.title")>
<#global title = parts.title(heading)>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg(heading)}
  <#elseif section = "form">
    <div class="pf-v5-u-mt-md">
    <@parts.error/>
    <ol class="${properties.kcListClass!}" role="list">
      <li>${msg("poterne.enroll.install")}</li>
      <li>
        ${msg("poterne.enroll.scan")}
        <img class="poterne-qr" src="${poterne.qr}" alt="${msg("poterne.enroll.qr")}" style="display:block;width:15rem;max-width:100%;height:auto;margin:.5rem 0;background:#fff">
        <p><a id="poterne-link" href="${poterne.uri}">${msg("poterne.enroll.link")}</a></p>
        <p class="pf-v5-u-mt-sm">${msg("poterne.enroll.key")}<br><code id="poterne-key" style="overflow-wrap:anywhere">${poterne.key}</code></p>
      </li>
      <li>${msg("poterne.enroll.type")}</li>
    </ol>
    <@parts.form step=poterne.step>
      <@parts.code label=msg("poterne.enroll.label")/>
      <@parts.submit label=msg("poterne.enroll.submit")/>
    </@parts.form>
    <p class="pf-v5-u-mt-md">${msg((poterne.step == "replace")?then("poterne.replace.text", "poterne.enroll.privacy"))}</p>
    </div>
  </#if>
</@layout.registrationLayout>
